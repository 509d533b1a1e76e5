"""Whether orchestrators can be replayed: they read nothing but their history."""
