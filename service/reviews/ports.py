"""What the queue lets other features do: put something in that officers have to look at."""

from service.reviews.raising import raise_check, raise_review

PORTS = {"reviews.raise": raise_review, "reviews.raise_check": raise_check}
