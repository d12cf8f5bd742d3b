declare module '*.ganloss' {
  const text: string;
  export default text;
}
