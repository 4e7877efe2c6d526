"""The server's settings: what must hold, what keeps personal data out of its logs, and sizes."""

from __future__ import annotations

from collections.abc import Mapping

from service.embedded.cluster import Cluster
from service.embedded.sidefiles import write_whole

# On the command line, so that neither a file nor ALTER SYSTEM can undo them (invariants 6.6, H22).
SAFE: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "restart_after_crash": "on",
    "timezone": "UTC",
    # Errors repeat values of the statement, so only lines about the server itself are logged;
    # "terse" drops DETAIL, which would hold key values and the statement of a crashed session.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_transaction_sample_rate": "0",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_lock_waits": "off",
    "log_temp_files": "-1",
    "debug_print_parse": "off",
    "debug_print_plan": "off",
    "debug_print_rewritten": "off",
}

# In the file, so that an operator's ALTER SYSTEM can change them.
SIZES: Mapping[str, str] = {
    "max_connections": "200",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "maintenance_work_mem": "64MB",
    "work_mem": "8MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_wal_size": "2GB",
    "min_wal_size": "128MB",
    "checkpoint_timeout": "15min",
    "checkpoint_completion_target": "0.9",
    "lc_messages": "C",
    "log_timezone": "UTC",
    "logging_collector": "on",
    "log_filename": "postgresql-%Y%m%dT%H%M%S.log",
    "log_file_mode": "0600",
    "log_rotation_age": "1d",
    "log_rotation_size": "10MB",
    "log_line_prefix": "%m [%p] ",
    "log_startup_progress_interval": "10s",
}

LOG_FILES_KEPT = 20
ACCESS_RULES = "# TYPE  DATABASE  USER  METHOD: the folder of the socket is the gate\nlocal all all trust\n"


def write_configuration(cluster: Cluster) -> None:
    """Write the server's settings and access rules into its home, readable by its account."""
    settings = {**SIZES, "log_directory": str(cluster.log_dir)}
    lines = [f"{name} = {_quoted(value)}" for name, value in settings.items()]
    mode = 0o644 if cluster.account.switch else 0o600
    write_whole(
        cluster.config,
        "# written at each start; use ALTER SYSTEM to change\n" + "\n".join(lines) + "\n",
        mode=mode,
    )
    write_whole(cluster.access, ACCESS_RULES, mode=mode)


def command_line(cluster: Cluster) -> list[str]:
    """The arguments of `postgres` for this cluster."""
    settings = {
        "config_file": str(cluster.config),
        "hba_file": str(cluster.access),
        "unix_socket_directories": '"' + str(cluster.socket_dir).replace('"', '""') + '"',
        **SAFE,
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return ["-D", str(cluster.data), *options]


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
