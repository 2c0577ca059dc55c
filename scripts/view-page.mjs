/** The part of `npm run build` that bundles the page of `agent view`. */
import { bundleViewPage } from './lib/view-page.mjs';

await bundleViewPage();
