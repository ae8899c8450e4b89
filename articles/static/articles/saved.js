/** On the pages that one comes to after saving: what is saved is kept here no longer. */

import { forgetSaved } from "./kept-texts.js";

forgetSaved();
