"""Static files and media, handed out by the application itself."""

import os
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import NotARegularFileError, StaticFile
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Hashed and compressed static files; JavaScript modules import the hashed names.

    So a page never mixes modules of two releases, and browsers may cache every module for good.
    """

    support_js_module_import_aggregation = True


class FilesMiddleware(WhiteNoiseMiddleware):
    """WhiteNoise's, which knows the static files that there are at the start, and media.

    Media comes later, so each file is looked for when it is asked for. It stands behind
    Django's ``SecurityMiddleware``, which adds ``X-Content-Type-Options: nosniff``.
    """

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        file = self._media(request.path_info)
        answer: HttpResponseBase = self.serve(file, request) if file else super().__call__(request)
        return answer

    def _media(self, url: str) -> StaticFile | None:
        prefix = settings.MEDIA_URL
        # What is canonical has no “..” and no second slash that would begin at the root.
        if not url.startswith(prefix) or not self.url_is_canonical(url):
            return None
        try:
            return self.get_static_file(os.path.join(settings.MEDIA_ROOT, url[len(prefix) :]), url)
        except NotARegularFileError:
            return None

    def immutable_file_test(self, path: Any, url: str) -> bool:
        """Whether a file may be cached for ever; files in media never change."""
        return url.startswith(settings.MEDIA_URL) or bool(super().immutable_file_test(path, url))
