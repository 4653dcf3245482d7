import ArgumentParser
import Client
import Keys
import SwiftProtobuf
import Tickets
import Wire

struct TicketCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ticket", abstract: "Read and work tickets.",
        discussion: """
            `claim` and `show` remember what you have read and your claim's token, so that an answer cannot go out \
            over a message that you have not seen. --token and --seen say otherwise.
            """,
        subcommands: [
            TicketList.self, TicketShow.self, TicketHistory.self, TicketClaim.self, TicketNote.self,
            TicketReply.self,
            TicketEscalate.self, TicketHandBack.self, TicketResolve.self, TicketPend.self, TicketRelease.self,
            TicketTakeOver.self, TicketAssign.self, TicketDraft.self, TicketConsult.self, TicketSet.self,
            TicketMerge.self, TicketSplit.self, TicketWhy.self, TicketWhyNot.self,
        ])
}

struct TicketArgument: ParsableArguments {
    @Argument(help: "The ticket's number.")
    var ticket: UInt64

    var number: TicketNumber { TicketNumber(ticket) }
}

struct TicketShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a ticket and its conversation.")

    @OptionGroup var ticket: TicketArgument
    @OptionGroup var people: PeopleOptions

    func run() throws {
        let desk = try people.connect()
        let result = try desk.read(ticket.number, atLeast: .start)
        desk.remember(result.ticket)
        var report = TicketReport(result)
        report.profile = try desk.profile(of: result.ticket)
        if people.json { try Terminal.say(json: report) } else { Terminal.say(report.text) }
        desk.connection.close()
    }
}

struct TicketClaim: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "claim", abstract: "Take a ticket, exclusively, and show it.")

    @OptionGroup var ticket: TicketArgument

    @Option(help: "Minutes for which the claim holds without a further command.")
    var minutes: Double = 30

    @OptionGroup var people: PeopleOptions

    func validate() throws {
        guard minutes > 0, minutes <= 720 else {
            throw ValidationError("--minutes is more than 0 and at most 720")
        }
    }

    func run() throws {
        let desk = try people.connect()
        let answer = try desk.connection.perform(
            .claim(ticket.number, leaseMilliseconds: Int64(minutes * 60_000)))
        // Before the conversation is read: the claim is there, whatever becomes of the question.
        var known = ClaimMemory.Known(token: answer.token.rawValue)
        ClaimMemory(desk).save(known, ticket.number)
        let result = try desk.read(ticket.number, atLeast: answer.position)
        known.seen = result.ticket.lastMessage
        ClaimMemory(desk).save(known, ticket.number)
        var report = TicketReport(result)
        report.profile = try desk.profile(of: result.ticket)
        if people.json { try Terminal.say(json: report) } else { Terminal.say(report.text) }
        desk.connection.close()
    }
}

extension PeopleOptions.Desk {
    func read(_ ticket: TicketNumber, atLeast position: Position) throws -> ProtoTicketResult {
        let result = try connection.query(
            .ticket(.with { ($0.number, $0.looks) = (ticket.rawValue, true) }), atLeast: position)
        guard case .ticket(let found) = result.result else {
            throw Failure(
                .inputOutput, "the broker answered something else than the ticket: is it of another version?")
        }
        return found
    }

    /// Keeps what was shown; the token only of a claim that is this person's.
    func remember(_ ticket: ProtoTicket) {
        let memory = ClaimMemory(self)
        let number = TicketNumber(ticket.number)
        var known = memory.load(number)
        known.seen = ticket.lastMessage
        if ticket.place == Place.claimed.word, holds(ticket) { known.token = ticket.token }
        memory.save(known, number)
    }
}
