import { Features } from "lightningcss";
import { defineConfig } from "vitest/config";

/**
 * Two bundles, each one file without imports: the widget itself, and the page that shows every state of it.
 * They are built apart so that nothing of the page weighs on the widget.
 */
export default defineConfig(({ mode }) => {
  const fixtures = mode === "fixtures";
  const entry = fixtures ? "src/fixtures/page.tsx" : "src/widget.ts";
  return {
    oxc: { jsx: { runtime: "classic", pragma: "h", pragmaFrag: "Fragment" }, jsxInject: `import { h, Fragment } from "preact"` },
    publicDir: fixtures ? "public" : false,
    // Nothing here uses light-dark(), so what stands in for it in older browsers is left out.
    css: { transformer: "lightningcss", lightningcss: { exclude: Features.LightDark } },
    build: {
      target: ["es2022", "safari16"],
      cssTarget: ["chrome111", "firefox114", "safari16"],
      outDir: "dist",
      emptyOutDir: !fixtures,
      minify: "terser",
      terserOptions: { compress: { passes: 3, ecma: 2020, unsafe_arrows: true, pure_getters: true } },
      lib: { entry, formats: ["iife"], name: "ravenscroftHip", fileName: () => (fixtures ? "fixtures.js" : "widget.js") },
    },
    test: { environment: "happy-dom", include: ["test/**/*.test.{ts,tsx}"], css: true },
  };
});
