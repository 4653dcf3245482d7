import ArgumentParser
import Client
import Faults
import Foundation
import Keys
import Rig
import Tickets

/// A channel that writes down everything it says and hears, before and after.
struct SubmitterCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "submitter", abstract: "Submit texts at a pace and record the history.",
        shouldDisplay: false)

    @Option var endpoint: String
    @Option var keys: String
    @Option var history: String
    /// It ends when this file is there.
    @Option var stop: String
    @Option var texts: String
    @Option var perSecond: Int
    @Option var seed: UInt64

    func run() throws {
        let recorder = try Recorder(history)
        let connection = try Connection(
            endpoint: endpoint, key: try KeyFolder(keys).load("client"),
            // Whoever started this one knows when to give up.
            patienceMilliseconds: 3_600_000)
        let desk = Customers(texts: try SampleText.read(texts), seed: seed)
        let stop = stop
        let pause = useconds_t(1_000_000 / max(1, perSecond))
        // Drawn one at a time, when there is room for it, so that the time of each is that of its sending.
        let commands = sequence(state: ()) { _ -> Command? in
            usleep(pause)
            guard access(stop, F_OK) != 0 else { return nil }
            let (command, call) = desk.next()
            recorder.write(.invoked(call))
            return command
        }
        try connection.perform(commands, window: 48) { index, result in
            let id = desk.ids[index]
            let now = SharedClock.microseconds
            switch result {
            case .success(let answer):
                let (ticket, position) = (answer.ticket.rawValue, answer.position.rawValue)
                recorder.write(.answered(id, .done(ticket: ticket, position: position, at: now)))
                desk.heard(index, of: ticket)
            case .failure(let refusal):
                recorder.write(.answered(id, .refused(refusal.code.word, at: now)))
            }
        }
        connection.close()
    }
}

/// Writes lines to a file, whole and at once.
final class Recorder {
    private let descriptor: Int32

    init(_ path: String) throws {
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw RigError("\(path) cannot be made") }
    }

    func write(_ line: HistoryLine) {
        let bytes = Array((line.text + "\n").utf8)
        let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        // A history with a hole would prove anything.
        precondition(count == bytes.count, "the history cannot be written")
    }
}

/// Who writes to the desk: new requests, and now and then another message about an old one.
final class Customers {
    private let texts: [SampleText]
    private let run: UInt64
    private var dice: Dice
    private(set) var ids: [CallID] = []
    private var isSubmission: [Bool] = []
    private var tickets: [UInt64] = []

    init(texts: [SampleText], seed: UInt64) {
        self.texts = texts
        dice = Dice(seed: seed)
        run = dice.next()
    }

    func next() -> (Command, ClientCall) {
        let id = CallID(high: run, low: UInt64(ids.count))
        let isFollowUp = !tickets.isEmpty && dice.roll(0...9) == 0
        ids.append(id)
        isSubmission.append(!isFollowUp)
        let text = texts[ids.count % texts.count]
        let now = SharedClock.microseconds
        if isFollowUp {
            let ticket = dice.pick(tickets)
            let body = "\(ids.count): \(text.body)"
            return (
                Command(
                    id: CommandID(high: id.high, low: id.low),
                    action: .followUp(TicketNumber(ticket), body: body)),
                ClientCall(id: id, deed: .followUp(ticket: ticket), digest: digest(body), invoked: now)
            )
        }
        let submission = text.submission(number: ids.count)
        return (
            Command(id: CommandID(high: id.high, low: id.low), action: .submit(submission)),
            ClientCall(id: id, deed: .submit, digest: digest(submission.everyText), invoked: now)
        )
    }

    func heard(_ index: Int, of ticket: UInt64) {
        if isSubmission[index] { tickets.append(ticket) }
    }
}

/// A request of the sample.
struct SampleText: Decodable {
    var channel: String
    var customer: String
    var subject: String
    var body: String
    var kind: String?
    var priority: String?

    static func read(_ path: String) throws -> [SampleText] {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        let texts = try data.split(separator: UInt8(ascii: "\n")).map {
            try JSONDecoder().decode(SampleText.self, from: $0)
        }
        guard !texts.isEmpty else { throw RigError("\(path) has no request") }
        return texts
    }

    func submission(number: Int) -> Submission {
        Submission(
            channel: Name(channel) ?? "web", customer: customer, subject: subject, body: "\(number): \(body)",
            kind: kind, priority: priority.flatMap { Priority(word: $0) } ?? .normal, tags: [], fields: [])
    }
}

extension Submission {
    /// All that a customer wrote, with a byte between the parts that no text has.
    var everyText: String { [customer, subject, body].joined(separator: "\u{1F}") }
}
