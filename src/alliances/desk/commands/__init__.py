"""The trainer's and the learner's commands."""
