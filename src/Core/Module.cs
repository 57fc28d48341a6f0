// Locals are not zeroed before a method begins: the compiler proves that each is written before it is read, and texts on the stack are sliced to what was written.
// The largest handlers have a kilobyte of locals.
[module: System.Runtime.CompilerServices.SkipLocalsInit]
