"""What the queue lets other features do: put something in that officers have to look at."""

from service.reviews.raising import raise_review

PORTS = {"reviews.raise": raise_review}
