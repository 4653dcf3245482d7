import Desk
import Promises
import Tickets

/// What the desk does when it is late, as its file says it: `ladder`.
enum LadderFile {
    static func ladder(_ file: inout FileSection) -> [LadderStep] {
        file.sections("ladder").compactMap { step($0) }
    }

    private static func step(_ section: FileSection) -> LadderStep? {
        var section = section
        let at = section.required("at") { $0.text($1) }
        let step = LadderStep(
            warning: at.flatMap(Span.milliseconds),
            clocks: section.choices("clocks", ClockSort.allCases.map { ($0.word, $0) }),
            priority: section.choice("priority", Priority.allCases.map { ($0.word, $0) }),
            participants: section.names("participants"), line: section.name("line"))
        if let at, at != Self.broken, step.warning == nil {
            section.add("at", "`\(at)` is neither `\(Self.broken)` nor a span of time: write it as 15m")
        }
        section.finish()
        return at == nil ? nil : step
    }

    static let broken = "broken"
}

extension LadderStep {
    /// Under which key it is in a list of settings.
    var key: String {
        let clocks = clocks.isEmpty ? "" : ".\(clocks.map(\.word).joined(separator: "+"))"
        return "ladder.\(warning.map(Span.text) ?? LadderFile.broken)\(clocks)"
    }

    /// What it does, in one line.
    var words: String {
        let acts = [
            priority.map { "priority \($0.word)" },
            participants.isEmpty ? nil : "participants \(participants.map(\.text).joined(separator: " "))",
            line.map { "line \($0)" },
        ]
        return acts.compactMap(\.self).joined(separator: ", ")
    }
}
