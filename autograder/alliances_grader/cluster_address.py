"""Where the scheduler is, and with which certificates it is spoken to.

``tls://`` encrypts, and each side proves with a certificate that the cluster's authority let it in. ``tcp://``
does neither. Dask's own configuration names the certificates: its YAML files, or ``DASK_DISTRIBUTED__…``.
"""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from alliances.errors import AlliancesError, EnvironmentFault, UsageError

if TYPE_CHECKING:
    from distributed.security import Security

__all__ = ["check_address", "security_for"]

_KEYS: Final = {
    "tls_ca_file": "distributed.comm.tls.ca-file",
    "tls_client_cert": "distributed.comm.tls.client.cert",
    "tls_client_key": "distributed.comm.tls.client.key",
}
_NEEDED: Final = ("tls_ca_file", "tls_client_cert")
"""The key may stand in the certificate's file."""


def check_address(address: str, *, insecure: bool = False) -> str:
    """Return the address of a scheduler.

    Raises:
        UsageError: it is no ``tls://host:port``.
        AlliancesError: it is a ``tcp://`` address and ``insecure`` was not typed.
    """
    parts = urlsplit(address)
    try:
        port = parts.port
    except ValueError:
        port = None
    # What Dask would take silently for something else is refused: a path, an account, a missing port.
    rest = parts.path or parts.query or parts.fragment or parts.username or parts.password
    if parts.scheme not in ("tls", "tcp") or not parts.hostname or not port or rest:
        raise UsageError("cluster.bad_address", address=address)
    if parts.scheme == "tcp" and not insecure:
        raise AlliancesError("cluster.insecure", address=address)
    return address


def security_for(address: str) -> Security:
    """Return what Dask's configuration says of certificates, tried.

    Raises:
        EnvironmentFault: ``distributed`` is not installed; keys are missing in the configuration; or a file
            that it names cannot be read, or is no certificate.
    """
    try:
        from distributed.security import Security
    except ImportError as error:
        raise EnvironmentFault("cluster.not_installed", reason=error) from error
    if address.startswith("tcp:"):
        return Security()  # type: ignore[no-untyped-call]
    try:
        security = Security(require_encryption=True)  # type: ignore[no-untyped-call]
    except ValueError as error:
        raise EnvironmentFault(
            "cluster.bad_certificates", files="distributed.comm.tls", reason=error
        ) from error
    missing = [_KEYS[name] for name in _NEEDED if not getattr(security, name)]
    if missing:
        told = ", ".join(_variable(key) for key in missing)
        raise EnvironmentFault("cluster.no_certificates", keys=", ".join(missing), variables=told)
    try:
        security.get_connection_args("client")  # type: ignore[no-untyped-call]
    except (OSError, ssl.SSLError, ValueError) as error:
        named = ", ".join(f"{key} = {_shown(getattr(security, name))}" for name, key in _KEYS.items())
        raise EnvironmentFault("cluster.bad_certificates", files=named, reason=error) from error
    return security


def _variable(key: str) -> str:
    return "DASK_" + key.replace("-", "_").replace(".", "__").upper()


def _shown(value: str | None) -> str:
    """Return a file's name; a certificate or a key that stands in the configuration itself is not shown."""
    return "(PEM)" if value and "\n" in value else str(value or "–")
