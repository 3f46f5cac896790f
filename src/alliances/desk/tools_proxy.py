"""The way to Voilà: only with Jupyter's token, and with Voilà's own added on the way."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from jupyter_server_proxy.handlers import LocalProxyHandler
from tornado import web

from alliances.desk.handlers import DeskHandler
from alliances.i18n import text

__all__ = ["ToolPageHandler", "ToolsHandler"]


class ToolPageHandler(DeskHandler):
    """The short address of a tool."""

    @web.authenticated
    def get(self, language: str, slug: str) -> None:
        """Redirect to Voilà's page of the tool."""
        self.redirect(f"{self.base_url}alliances/tools/voila/render/{language}/{slug}.ipynb")


class ToolsHandler(LocalProxyHandler):  # type: ignore[misc]
    """Pages, files and sockets of Voilà, for whoever is logged in here."""

    def get_request_headers_override(self) -> dict[str, str]:
        """Add Voilà's token; the reader's own cookies and token stay on this side."""
        return {"Authorization": f"token {self.settings['alliances_desk'].tools_token}", "Cookie": ""}

    async def http_get(self, path: str) -> Any:  # noqa: ANN401
        """Fetch a page."""
        return await self._pass(path)

    async def open(self, path: str) -> Any:  # noqa: ANN401
        """Open a socket."""
        return await super().open(self._port, self._absolute(path))

    def post(self, path: str) -> Any:  # noqa: ANN401
        """Send a request with a body."""
        return self._pass(path)

    def put(self, path: str) -> Any:  # noqa: ANN401
        """Send a request with a body."""
        return self._pass(path)

    def delete(self, path: str) -> Any:  # noqa: ANN401
        """Send a request."""
        return self._pass(path)

    def head(self, path: str) -> Any:  # noqa: ANN401
        """Send a request."""
        return self._pass(path)

    @property
    def _port(self) -> int:
        return int(self.settings["alliances_desk"].tools_port)

    def _absolute(self, path: str) -> str:
        return f"/alliances/tools/{path}"

    async def _pass(self, path: str) -> Any:  # noqa: ANN401
        try:
            return await self.proxy(self._port, self._absolute(path))
        except (web.HTTPError, OSError) as error:
            status = getattr(error, "status_code", HTTPStatus.BAD_GATEWAY)
            if status < HTTPStatus.INTERNAL_SERVER_ERROR:
                raise
            self.set_status(HTTPStatus.BAD_GATEWAY)
            self.set_header("Content-Type", "text/plain; charset=utf-8")
            return self.finish(text("desk.tools_unavailable"))
