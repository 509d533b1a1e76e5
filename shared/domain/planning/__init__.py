"""Plans: the steps from what Azure has to the release, and the steps back."""
