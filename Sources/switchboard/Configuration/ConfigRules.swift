import ArgumentParser
import Desk
import Figures
import Storage
import StorageSQLite
import Tickets

struct ConfigRules: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules", abstract: "Try a file's rules on the tickets of the past, and change nothing.",
        discussion: """
            Each ticket of the log is asked about as it was sent and when it came. Needs no running desk; one may run \
            meanwhile. What the file's rules would change is compared with what became of the ticket then.
            """)

    @Argument(help: "The file.", completion: .file()) var file: String
    @OptionGroup var data: DataOptions
    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        let settings = try DeskFile.read(file).sound(file)
        try data.folder.require()
        let log = try SQLiteStore(folder: data.folder.path).openLogReader()
        var (trial, position) = (RuleTrial(settings), Position.start)
        while true {
            let turns = try log.turns(after: position, limit: 256)
            guard let last = turns.last?.records.last else { break }
            for turn in turns {
                for record in turn.records { trial.take(record) }
            }
            position = last.position
        }
        let report = RuleTrialReport(trial)
        if json { try Terminal.say(json: report) } else { Terminal.say(report.text) }
    }
}

/// What `config rules` prints.
private struct RuleTrialReport: Encodable {
    struct Rule: Encodable {
        var name: String
        var fired: Int
        var stopped: Int
    }

    struct Shift: Encodable {
        var name: String
        var before: Int
        var after: Int

        init(_ shift: RuleTrial.Shift) {
            (name, before, after) = (shift.name, shift.before, shift.after)
        }

        var cells: [String] {
            let change = after - before
            return [name, "\(before)", "\(after)", change > 0 ? "+\(change)" : "\(change)"]
        }
    }

    var tickets: Int
    /// What customers wrote to tickets that were there.
    var messages: Int
    var changed: Int
    var untouched: Int
    var rules: [Rule]
    var neverFired: [String]
    var lines: [Shift]
    var priorities: [Shift]
    /// Tickets that rules set aside as soon as they come, by status; and whose customers a rule tells something.
    var aside: [Shift]
    var told: Int

    init(_ trial: RuleTrial) {
        (tickets, changed, untouched) = (trial.tickets, trial.changed, trial.untouched)
        messages = trial.messages
        rules = trial.rules.map { Rule(name: $0.name, fired: $0.fired, stopped: $0.stopped) }
        neverFired = trial.idle
        (lines, priorities) = (trial.lines.map { Shift($0) }, trial.priorities.map { Shift($0) })
        (aside, told) = (trial.aside.map { Shift($0) }, trial.told)
    }

    var text: String {
        var parts = [
            "\(tickets) tickets: \(changed) would be otherwise than they were, \(untouched) are touched by no rule."
        ]
        if !rules.isEmpty {
            let rows = rules.map { [Terminal.harmless($0.name), "\($0.fired)", "\($0.stopped)"] }
            parts.append(Terminal.table(["RULE", "FIRED", "AND STOPPED"], rows))
        }
        parts.append(Terminal.table(["LINE", "BEFORE", "AFTER", ""], lines.map(\.cells)))
        parts.append(Terminal.table(["PRIORITY", "BEFORE", "AFTER", ""], priorities.map(\.cells)))
        if aside.contains(where: { $0.before + $0.after > 0 }) {
            parts.append(Terminal.table(["AT ONCE", "BEFORE", "AFTER", ""], aside.map(\.cells)))
        }
        if told > 0 { parts.append("By a rule's template \(told) customers would be told something.") }
        if !neverFired.isEmpty {
            parts.append("Never fired: \(Terminal.harmless(neverFired.joined(separator: ", "))).")
        }
        return parts.joined(separator: "\n\n")
    }
}
