import Desk
import Logging
import Promises
import Storage
import SwiftProtobuf
import Tickets
import Wire
import ZeroMQ

/// The thread that reads: it answers questions from the view, and finds conversations that are no longer in
/// memory, each from a view that is at least as far as the asker needs.
final class Librarian: Sendable {
    enum Request: Sendable {
        case conversation(SessionID, Grant)
        /// Conversations that will be needed soon, as far as the view has them.
        case conversations([TicketNumber])
        /// The items are what the loop already knows of the answer; and what the desk promised when it was asked.
        case query(SessionID, ProtoQuery, ProtoQueryResult, PromisePolicy, at: Moment)
        case viewAt(Position)
        case stop
    }

    let requests: Mailbox<Request>
    private let thread: DedicatedThread

    init(
        store: any Store, requests: Mailbox<Request>, loop: Mailbox<Post>,
        projector: ProjectorInbox, logger: Logger
    ) throws(ZeroMQError) {
        self.requests = requests
        thread = try DedicatedThread(named: "sb.read") {
            do {
                // A new desk has no view before the projector has made one and says where it is.
                let early = try Self.requestsUntilView(requests)
                var desk = ReadingDesk(
                    view: try store.openViewReader(), log: try store.openLogReader(), loop: loop,
                    projector: projector, logger: logger)
                desk.waiting = early
                try desk.run(requests)
            } catch {
                loop.postAlways(.storeFailed(StoreError(whileDoing: "reading the view", error)))
            }
        }
    }

    /// Waits for the first word of the view, or of the end; returns all that came until then.
    private static func requestsUntilView(_ requests: Mailbox<Request>) throws -> [Request] {
        var poller = Poller([requests.pollItem])
        var early: [Request] = []
        while true {
            try poller.wait(timeoutMilliseconds: nil)
            requests.drain(into: &early)
            let isTime = early.contains { request in
                switch request {
                case .viewAt, .stop: true
                case .conversation, .conversations, .query: false
                }
            }
            if isTime { return early }
        }
    }

    func stopAndJoin() {
        requests.postAlways(.stop)
        thread.join()
    }
}

/// The state of the librarian's thread.
private struct ReadingDesk {
    let view: any ViewReader
    let log: any LogReader
    let loop: Mailbox<Post>
    let projector: ProjectorInbox
    let logger: Logger
    /// Requests that wait for the view, in order of arrival.
    var waiting: [Librarian.Request] = []
    var viewPosition = Position.start
    private var isWarm = false

    /// Conversations that are looked for, each time, in a view that has not come to their grants.
    private static let triesPerPass = 256

    init(
        view: any ViewReader, log: any LogReader, loop: Mailbox<Post>,
        projector: ProjectorInbox, logger: Logger
    ) {
        self.projector = projector
        self.view = view
        self.log = log
        self.loop = loop
        self.logger = logger
    }

    mutating func run(_ requests: Mailbox<Librarian.Request>) throws {
        var poller = Poller([requests.pollItem])
        viewPosition = try view.position
        while true {
            // What came before the view was there is looked at before sleeping.
            try poller.wait(timeoutMilliseconds: waiting.isEmpty || isWarm ? nil : 0)
            isWarm = true
            requests.drain(into: &waiting)
            var later: [Librarian.Request] = []
            for request in waiting {
                if case .viewAt(let position) = request { viewPosition = max(viewPosition, position) }
            }
            var triesLeft = Self.triesPerPass
            for request in waiting {
                switch request {
                case .viewAt: break
                case .stop: return
                case .conversation(let session, let grant):
                    if let conversation = try conversation(of: grant, &triesLeft) {
                        loop.postAlways(.conversation(session, grant, conversation))
                    } else {
                        later.append(request)
                    }
                case .conversations(let numbers):
                    loop.postAlways(.conversations(try conversations(of: numbers)))
                case .query(let session, let query, let begun, let policy, let moment):
                    if query.position <= viewPosition.rawValue {
                        loop.postAlways(.result(session, answer(query, begun, policy, at: moment)))
                    } else {
                        later.append(request)
                    }
                }
            }
            waiting = later
            if !later.isEmpty { projector.hurry() }
        }
    }

    /// The conversation as far as the grant needs it; nil while the view does not have that much.
    ///
    /// The view need not have come to the grant itself: after a crash it may be seconds behind, and a ticket that
    /// waited for long is in it all the same.
    private func conversation(
        of grant: Grant, _ triesLeft: inout Int
    ) throws(StoreError) -> Conversation? {
        let isReached = grant.position <= viewPosition
        guard isReached || triesLeft > 0 else { return nil }
        if !isReached { triesLeft -= 1 }
        let row = try view.ticket(grant.ticket.number)
        guard let row, isReached || row.entries >= grant.ticket.entries else {
            guard isReached else { return nil }
            throw StoreError(.corrupt, "the view has no ticket \(grant.ticket.number)")
        }
        return Conversation(row, try view.entries(of: grant.ticket.number))
    }

    private func conversations(
        of numbers: [TicketNumber]
    ) throws(StoreError) -> [(TicketNumber, revision: UInt32, Conversation)] {
        try view.conversations(of: numbers).map { stored in
            (stored.ticket.number, stored.ticket.revision, Conversation(stored.ticket, stored.entries))
        }
    }

    private func answer(
        _ query: ProtoQuery, _ begun: ProtoQueryResult, _ policy: PromisePolicy, at moment: Moment
    ) -> ProtoItem {
        do {
            var result = begun
            result.id = query.id
            result.position = try view.position.rawValue
            if case .tickets(let question) = query.question, question.hasDueWithinMs {
                let end = moment.advanced(
                    byMilliseconds: Int64(clamping: min(question.dueWithinMs, Self.dueMax)))
                let search = DueSearch(policy: policy, end: end)
                result.tickets = try search.page(TicketFilter(question), view)
            } else {
                try fill(&result, query)
            }
            return .with { $0.queryResult = result }
        } catch let refusal as Refusal {
            var error = ProtoError(refusal)
            error.queryID = query.id
            return .with { $0.error = error }
        } catch {
            logger.error("a question could not be answered: \(error)")
            var failure = ProtoError(
                Refusal(
                    .viewUnavailable, "the view cannot be read; see the broker's log",
                    retryAfterMilliseconds: 1_000))
            failure.queryID = query.id
            return .with { $0.error = failure }
        }
    }

    private func fill(_ result: inout ProtoQueryResult, _ query: ProtoQuery) throws {
        switch query.question {
        case .ticket(let question):
            let begun = result.ticket
            result.ticket = try ticket(question)
            (result.ticket.onlookers, result.ticket.script) = (begun.onlookers, begun.script)
            if begun.hasQueue { result.ticket.queue = begun.queue }
        case .tickets(let question): result.tickets = try tickets(question)
        case .history(let question): result.history = try history(question)
        case .stats(let question):
            if question.nodes { result.stats.tallies = try view.tallies().map { ProtoNodeTally($0) } }
        case .configuration: try complete(&result.configuration)
        case .why(let question): try complete(&result.why, question)
        case .nodes: break
        case .figures, nil: throw Refusal(.malformedFrame, "this question is not one for the broker")
        }
    }

    /// Reads the versions whose positions the loop gave, as many as a frame holds.
    private func complete(_ result: inout ProtoConfigurationResult) throws {
        var byteCount = 0
        for index in result.versions.indices {
            let position = Position(result.versions[index].position)
            let record = try log.turn(containing: position)?.records.first { $0.position == position }
            guard let record, case .configured(let configuration) = record.event else {
                throw StoreError(.corrupt, "the log has no configuration at event \(position)")
            }
            let version = ProtoConfigurationVersion(configuration, record)
            byteCount += version.source.utf8.count + version.settings.count
            guard index == 0 || byteCount <= Self.versionBytesMax else {
                result.versions.removeSubrange(index...)
                result.more = true
                return
            }
            result.versions[index] = version
        }
    }

    /// Reads which rules fired for a ticket, from its first event.
    private func complete(_ result: inout ProtoWhyResult, _ question: ProtoWhyQuery) throws {
        let number = TicketNumber(question.number)
        guard let position = try view.positions(of: number, after: 0, limit: 1).first else {
            throw Refusal(.unknownTicket, "there is no ticket \(number)")
        }
        let record = try log.turn(containing: position)?.records.first { $0.position == position }
        guard let record else { throw StoreError(.corrupt, "the log has no event \(position)") }
        if case .submitted(_, _, let submission) = record.event {
            result.rules = submission.ruling?.rules ?? []
        }
    }

    /// A hundred years.
    private static let dueMax: UInt64 = 3_155_760_000_000

    /// Sources and settings in one answer; half of what a frame holds.
    private static let versionBytesMax = 1 << 19

    private func ticket(_ question: ProtoTicketQuery) throws -> ProtoTicketResult {
        let number = TicketNumber(question.number)
        guard let row = try view.ticket(number) else {
            throw Refusal(.unknownTicket, "there is no ticket \(number)")
        }
        let entries = try view.entries(of: number).map { ProtoEntry($0) }
        return .with { ($0.ticket, $0.entries) = (ProtoTicket(row), ProtoEntry.fitting(entries)) }
    }

    private func tickets(_ question: ProtoTicketsQuery) throws -> ProtoTicketsResult {
        var filter = try TicketFilter(question)
        filter.limit += 1
        var rows = try view.tickets(filter)
        let more = rows.count == filter.limit
        if more { rows.removeLast() }
        return .with { ($0.tickets, $0.more) = (rows.map { ProtoTicket($0) }, more) }
    }

    private func history(_ question: ProtoHistoryQuery) throws -> ProtoHistoryResult {
        let number = TicketNumber(question.number)
        guard try view.ticket(number) != nil else {
            throw Refusal(.unknownTicket, "there is no ticket \(number)")
        }
        // The longest details of that many would not fit into a frame.
        let (limit, bytesMax) = (500, wireFrameBytesMax / 2)
        var bytes = 0
        let positions = try view.positions(of: number, after: question.after, limit: limit + 1)
        var past = TicketPast()
        if question.after > 0 {
            for position in try view.positions(of: number, after: 0, limit: Int(question.after)) {
                _ = past.follow(try record(at: position).event)
            }
        }
        var events: [ProtoHistoryEvent] = []
        for (index, position) in positions.prefix(limit).enumerated() where bytes < bytesMax {
            let record = try record(at: position)
            let revision = question.after + UInt32(index) + 1
            events.append(
                ProtoHistoryEvent(record, revision: revision, before: past.follow(record.event)))
            bytes += events[index].detail.utf8.count + events[index].before.utf8.count
        }
        return .with { ($0.events, $0.more) = (events, positions.count > events.count) }
    }

    private func record(at position: Position) throws -> Record {
        guard
            let record = try log.turn(containing: position)?.records.first(where: { $0.position == position })
        else { throw StoreError(.corrupt, "the log has no event \(position)") }
        return record
    }
}
