/** The part of `npm run build` that fills vendor/. */
import { vendorTfjsNode } from './lib/vendor.mjs';

vendorTfjsNode();
