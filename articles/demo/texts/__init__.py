"""The demo's articles as data; ``desk`` holds what they are filed under.

Only what is said of “All of Us Are Dead” is real. Every other work, person and place in these
articles is invented.
"""

from articles.demo.texts import film, games, sci_fi

STORIES = (*sci_fi.STORIES, *film.STORIES, *games.STORIES)
