/** The URL of a module that Vite bundles to be run as a worker. */
declare module '*?worker&url' {
  const url: string;
  export default url;
}

/** The URL of a file that Vite copies next to the page as it is. */
declare module '*?url' {
  const url: string;
  export default url;
}
