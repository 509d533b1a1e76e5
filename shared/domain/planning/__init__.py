"""From a release and what Azure has to a list of steps, and back."""
