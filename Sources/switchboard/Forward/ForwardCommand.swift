import ArgumentParser
import Client
import Foundation
import SwiftProtobuf
import Tickets
import Wire

struct ForwardCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forward",
        abstract: "Have another desk answer a ticket: a program for a node's tickets.",
        discussion: """
            For nodes of a line that another desk helps out on, for example where a busy one overflows to:

              switchboard node --line helpers --handler exec --command switchboard --timeout-ms 960000 \\
                --argument forward --argument=--from --argument shop --argument=--to --argument partner \\
                --argument=--endpoint --argument tcp://partner.example:7601 --argument=--key --argument partner.key

            Takes the ticket as JSON on its standard input, submits it to the desk of --endpoint, waits until that one \
            has answered, and prints the decision. What was escalated is handed back with the answer as a note, \
            everything else is answered and solved; what the other desk is done with without an answer is declined, \
            for somebody here to look at. The other desk gets what its customer has said and was \
            told, never a note. A ticket is submitted there once, whatever happens to this program; if it is not \
            answered in time it goes back to its line, at its place, and the next time its answer is waited for.
            """)

    @Option(help: "What the other desk calls this one.")
    var from: String

    @Option(help: "What this desk calls the other one.")
    var to: String

    @Option(help: "For how long the other desk may take; the node's --timeout-ms must be more.")
    var wait = "15m"

    @OptionGroup var people: PeopleOptions

    func run() throws {
        guard let wait = Span.milliseconds(wait) else {
            throw Failure(.usage, "`\(self.wait)` is no span of time: write it as 90s, 15m or 4h")
        }
        let (from, to) = (try Name(argument: from, "--from"), try Name(argument: to, "--to"))
        let input = try FileHandle.standardInput.readToEnd() ?? Data()
        let ticket: ForwardedTicket
        do {
            ticket = try JSONDecoder().decode(ForwardedTicket.self, from: input)
        } catch {
            throw Failure(.usage, "standard input holds no ticket, as a node gives it to its program")
        }
        let deadline = MonotonicTime.milliseconds + wait
        let taken = try submit(ticket, from, to, until: deadline)
        let decision =
            try taken.flatMap { try answer(to: ticket, as: $0, to, until: deadline) }
            ?? ForwardDecision(decision: .release, reason: "\(to) has not answered it yet")
        try Terminal.say(json: decision)
    }

    /// What the other desk says of the ticket; nil when that cannot be reached for so long.
    private func submit(
        _ ticket: ForwardedTicket, _ from: Name, _ to: Name, until deadline: Int64
    ) throws -> Answer? {
        let submission = ticket.submission(from: from, to: to)
        let id = CommandID(derivedFrom: "\(from)/\(ticket.number)/\(ticket.lastMessage)")
        return try attempt(until: deadline) { try $0.perform(.submit(submission), id: id) }
    }

    /// What the other desk made of it; nil when it is not done yet.
    private func answer(
        to ticket: ForwardedTicket, as taken: Answer, _ name: Name, until deadline: Int64
    ) throws -> ForwardDecision? {
        while MonotonicTime.milliseconds < deadline {
            let found: ProtoTicketResult? = try attempt(until: deadline) { connection in
                let question = ProtoTicketQuery.with { $0.number = taken.ticket.rawValue }
                let result = try connection.query(.ticket(question), atLeast: taken.position)
                guard case .ticket(let found) = result.result else { return nil }
                return found
            }
            guard let found else { return nil }
            if let decision = ForwardDecision(of: ticket, found, name) { return decision }
            // Other processes give no signal that could be waited for.
            Thread.sleep(forTimeInterval: 2)
        }
        return nil
    }

    /// Tries until the other desk can be reached, with a connection each time; nil when the time is over before.
    private func attempt<Result>(
        until deadline: Int64, _ body: (Connection) throws -> Result?
    ) throws -> Result? {
        while true {
            do {
                let desk = try people.connect()
                defer { desk.connection.close() }
                return try body(desk.connection)
            } catch let error as ClientError where error.mayPass {
                guard MonotonicTime.milliseconds < deadline else { return nil }
                Thread.sleep(forTimeInterval: 2)
            }
        }
    }
}

extension ClientError {
    /// Whether it may go by itself: somebody restarts a broker, or a network comes back.
    fileprivate var mayPass: Bool {
        switch self {
        case .nothingListens, .noAnswer, .outcomeUnknown: true
        case .refused(let refusal): refusal.retryAfterMilliseconds != nil
        case .noServerKey, .keyRefused, .wrongServer, .otherMechanism, .socket: false
        }
    }
}
