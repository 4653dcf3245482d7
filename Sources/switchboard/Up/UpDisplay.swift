import Client
import Wire

/// What `up` shows on standard error while it runs: one line that is refreshed on a terminal, else one in 2 s.
struct UpDisplay {
    private let started = MonotonicTime.milliseconds
    private lazy var shownAt = started
    private var shown = ""

    /// A line that stays.
    static func note(_ line: String) {
        Terminal.write("\(clearing)\(line)\n")
    }

    mutating func show(_ reading: DeskWatch.Reading?, ready: Int, of count: Int) {
        let now = MonotonicTime.milliseconds
        let interval: Int64 = Terminal.errorIsTerminal ? 200 : 2_000
        guard now - shownAt >= interval else { return }
        shownAt = now
        let text = Self.text(reading, ready: ready, of: count)
        let time = spanText(milliseconds: UInt64(now - started))
        if Terminal.errorIsTerminal { return Terminal.write("\(Self.clearing)\(time)  \(text)") }
        // Nothing new is not worth a line in a file.
        guard text != shown else { return }
        shown = text
        Terminal.note("\(time)  \(text)")
    }

    /// Removes the refreshed line.
    static func clear() { Terminal.write(clearing) }

    private static var clearing: String { Terminal.errorIsTerminal ? "\r\u{1B}[K" : "" }

    private static func text(_ reading: DeskWatch.Reading?, ready: Int, of count: Int) -> String {
        guard let stats = reading?.stats else { return "\(ready) of \(count) processes are ready" }
        let totals = stats.totals
        var parts = ["\(totals.submitted) submitted", "\(totals.solved + totals.closed) solved"]
        parts += [
            (totals.waiting, "waiting"), (totals.claimed, "claimed"),
            (totals.pending + totals.onHold, "set aside"),
            (totals.parked, "parked"), (totals.spam, "spam"),
        ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        parts.append("\(totals.escalated) escalated")
        let lines = stats.lines.map { "\($0.name) \($0.freeSeats) free" }
        let missing = ready < count ? "  (\(ready) of \(count) processes are ready)" : ""
        return parts.joined(separator: ", ") + "; seats: " + lines.joined(separator: ", ") + missing
    }
}
