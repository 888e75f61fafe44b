// What querySelector finds is the element that the template drew: its own properties need no cast. Everything else in
// the scripts (names, calls, arguments, what may be missing) is checked.
interface EventTarget {
  [property: string]: any;
}
