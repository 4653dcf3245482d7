/// How far something long is, on a terminal; elsewhere nothing is said.
struct Progress {
    private let whole: UInt64
    private var shown: UInt64 = 0

    init(of whole: UInt64) {
        self.whole = whole
    }

    /// Says so each hundredth of the way, of what has more than a thousand steps.
    mutating func show(_ done: UInt64) {
        guard Terminal.errorIsTerminal, whole > 1_000, done >= shown + whole / 100 else { return }
        shown = done
        Terminal.write("\r\u{1B}[K\(done) of \(whole) events")
    }

    mutating func end() {
        guard shown > 0 else { return }
        shown = 0
        Terminal.write("\r\u{1B}[K")
    }
}
