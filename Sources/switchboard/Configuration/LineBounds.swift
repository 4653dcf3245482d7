import Desk
import Tickets

/// For how long a ticket of one priority may be overtaken on a line by those that come after it.
struct LineBound: Encodable {
    var line: String
    var policy: String
    var priority: String
    /// Nil when there is no bound.
    var boundMs: Int64?
}

extension DeskSettings {
    /// Of each line and each priority, in the order of the settings, from low to urgent.
    var bounds: [LineBound] {
        lines.flatMap { line in
            Priority.allCases.map { priority in
                LineBound(
                    line: line.name.text, policy: line.policy.word, priority: priority.word,
                    boundMs: overtakingBound(of: priority, on: line))
            }
        }
    }

    /// The same for people, a line each.
    var boundsText: [String] {
        lines.map { line in
            let bounds = Priority.allCases.map { ($0.word, overtakingBound(of: $0, on: line)) }
            let head = "\(line.name), by \(line.policy.word): "
            guard bounds.allSatisfy({ $0.1 != nil }) else {
                return head
                    + "a ticket may be overtaken for ever, there is no bound; give the line an `ageing`"
            }
            let spans = bounds.map { "\($0.0) \(Span.text($0.1 ?? 0))" }.joined(separator: ", ")
            return head + "overtaken by later ones for at most: " + spans
        }
    }
}
