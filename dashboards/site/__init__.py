"""A folder of static pages made from one published file: no server, no network, opens from file://."""
