import ArgumentParser
import Figures
import Foundation
import Rehearsal
import Storage
import Tickets

struct RehearseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rehearse",
        abstract: "Play days of a desk in virtual time: what waits, which promises hold.",
        discussion: """
            Reads a plan: a desk's file, who writes when, who works when; see Cluster/desks/shop-week.yaml. Every \
            request goes through the real rules, and a week takes seconds. With another roster, or another \
            desk's file, the same plan says what would become of it.

            The same plan and seed always give the same log. With --into the log is kept as a desk's, for `report`, \
            `ticket list`, `replay` and all other commands that read a folder.

            Ends with 1 when something happened that must not: a note to a customer, a ticket that was overtaken, a \
            broken promise of which the desk said nothing.
            """)

    @Argument(help: "A YAML file of what is played.", completion: .file(extensions: ["yaml", "yml"]))
    var plan: String

    @Option(help: "A new data folder for the desk as it is in the end.", completion: .directory)
    var into: String?

    @Option(help: "How many days. (default: those of the plan)") var days: Int?

    @Option(help: "What decides who comes when and how long each takes.") var seed: UInt64 = 1

    @Option(help: "What the figures are grouped by, as in `report --by`.") var by = "all,line"

    @Flag(help: "Print one JSON object.") var json = false

    func validate() throws {
        if let days, !(1...366).contains(days) { throw ValidationError("--days is from 1 to 366") }
    }

    func run() throws {
        let groupings = try ReportGrouping.list(by)
        let file = try RehearsalFile(plan)
        var plan = file.plan
        plan.seed = seed
        if let days { plan.days = days }
        var rehearsal = try Rehearsal(plan)
        let desk = try into.map { try NewDesk(DataFolder($0)) }
        var shown = 0.0
        while let records = rehearsal.next() {
            try desk?.append(records)
            guard Terminal.errorIsTerminal, rehearsal.progress >= shown + 0.01 else { continue }
            shown = rehearsal.progress
            Terminal.write("\r\(file.desk): \(Int(shown * 100)) % of \(plan.days) days")
        }
        if shown > 0 { Terminal.write("\r\u{1B}[K") }
        if let desk {
            try desk.finish()
            rehearsal.read(outbox: try desk.letters().map(\.text.text))
        }
        let report = RehearsalReport(rehearsal, file, groupings)
        if json { try Terminal.say(json: report) } else { Terminal.say(report.text) }
        guard rehearsal.ledger.findingCount == 0 else {
            throw Failure(
                .refused,
                "\(rehearsal.ledger.findingCount) things happened that must not; they are listed above")
        }
    }
}
