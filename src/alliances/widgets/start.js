// For pages that only need their components shown: <script type="module" src="…/start.js"></script>
import { mount } from "./host.js";

await mount(document);
