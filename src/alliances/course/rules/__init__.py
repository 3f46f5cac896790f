"""What ``alliances check`` looks at, a file a subject; ``alliances.course.check`` lists them."""
