"""What people look at: the static site of every build (`dashboards.site`)."""
