"""What the duty roster lets other features do: tell whoever is on duty, or one officer."""

from service.duties.telling import tell_officer, tell_officers

PORTS = {"duties.tell_officers": tell_officers, "duties.tell_officer": tell_officer}
