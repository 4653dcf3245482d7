import Glibc
import Logging
import Tickets

/// Writes a log line as `2026-11-22T04:05:06.123Z info broker: text key=value` to standard error.
struct LineLog: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    private let label: String

    init(label: String, level: Logger.Level) {
        self.label = label
        logLevel = level
    }

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let metadata = metadata.merging(event.metadata ?? [:]) { _, new in new }
        var line =
            "\(Moment.wall.iso8601) \(colored(event.level)) \(label): \(Terminal.harmless("\(event.message)"))"
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            line += " \(key)=\(Terminal.harmless("\(value)"))"
        }
        if let error = event.error { line += " error=\(Terminal.harmless("\(error)"))" }
        Terminal.note(line)
    }

    private func colored(_ level: Logger.Level) -> String {
        guard Terminal.errorIsTerminal else { return level.rawValue }
        switch level {
        case .trace, .debug: return "\u{1B}[2m\(level.rawValue)\u{1B}[0m"
        case .info: return "\u{1B}[32m\(level.rawValue)\u{1B}[0m"
        case .notice: return "\u{1B}[36m\(level.rawValue)\u{1B}[0m"
        case .warning: return "\u{1B}[33m\(level.rawValue)\u{1B}[0m"
        case .error, .critical: return "\u{1B}[31m\(level.rawValue)\u{1B}[0m"
        }
    }
}
