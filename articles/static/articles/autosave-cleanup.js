/** On pages that are shown after a save: remove the autosaved texts that are now stored. */

import { removeSaved } from "./autosave-storage.js";

removeSaved();
