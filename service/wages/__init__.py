"""Going wages (工价): what work of a trade really pays, by place and hour, week by week; nobody can be told from it."""
