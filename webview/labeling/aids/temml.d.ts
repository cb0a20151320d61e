/** The part of temml that we use. Its own declarations don't know under which name the tree is to be had. */
declare module 'temml' {
  const temml: {
    /** @throws where the expression does not parse. */
    __renderToMathMLTree(
      expression: string,
      options: {
        readonly displayMode: boolean;
        readonly throwOnError: boolean;
        readonly trust: boolean;
        readonly strict: boolean;
        readonly annotate: boolean;
        readonly wrap: 'none';
        readonly maxExpand: number;
        /** Largest and largest shown length, in em. */
        readonly maxSize: [number, number];
      },
    ): unknown;
  };
  export default temml;
}
