import Desk
import SwiftProtobuf
import Tickets
import Wire

extension ProtoWhyResult {
    /// Nodes that one answer speaks of. Of a ticket that is held its holder is one, whatever line they serve.
    private static let nodesMax = 100

    /// What the loop knows of the answer; the rules are in the log.
    init(_ question: ProtoWhyQuery, _ exchange: inout Exchange) {
        self.init()
        let number = TicketNumber(question.number)
        guard let standing = exchange.standing(of: number) else {
            let end = exchange.desk.destination(of: number)
            if end != number { mergedInto = end.rawValue }
            return
        }
        self.standing = ProtoWhyResult.Standing(standing)
        if let wait = exchange.expectedWait(of: standing) { self.standing.waitMs = wait }
        var names = [Name(question.node)].compactMap(\.self)
        if question.node.isEmpty {
            names = exchange.presences(on: standing.ticket.line).prefix(Self.nodesMax).map(\.name)
            if let holder = standing.holderNode, !names.contains(holder) { names.insert(holder, at: 0) }
        }
        nodes = names.map { name in
            .with {
                $0.node = name.text
                $0.reasons = exchange.obstacles(between: name, and: standing).map { obstacle in
                    .with { ($0.word, $0.text) = (obstacle.word, obstacle.text) }
                }
            }
        }
    }
}

extension ProtoQueue {
    init(_ standing: Standing, _ exchange: inout Exchange) {
        self.init()
        ahead = UInt32(clamping: standing.ahead)
        aheadMore = standing.hasMoreAhead
        if let wait = exchange.expectedWait(of: standing) { waitMs = wait }
    }
}

extension ProtoWhyResult.Standing {
    fileprivate init(_ standing: Standing) {
        self.init()
        let ticket = standing.ticket
        line = ticket.line.text
        status = ticket.status.word
        place = ticket.place.word
        priority = ticket.priority.proto
        sinceMs = ticket.since.milliseconds
        headStartMs = standing.headStartMilliseconds
        policy = standing.policy.word
        ahead = UInt32(clamping: standing.ahead)
        aheadMore = standing.hasMoreAhead
        holder = standing.holder?.text ?? ""
        holderNode = standing.holderNode?.text ?? ""
        offeredUntilMs = standing.offeredUntil?.milliseconds ?? 0
        selection = standing.selection.word
        owner = ticket.owner?.text ?? ""
        reserved = standing.isReserved
        declined = ticket.declined.map(\.text)
        failures = ticket.failures
        frames = ticket.frames.map(\.text)
        wakesMs = ticket.wakes?.milliseconds ?? 0
        required = (standing.demands?.required ?? []).map { ProtoSettings.Skill($0) }
        preferred = (standing.demands?.preferred ?? []).map { ProtoSettings.Skill($0) }
        familiar = standing.familiar?.text ?? ""
        preferredUntilMs = standing.preferredUntil?.milliseconds ?? 0
    }
}

extension ProtoSettings.Skill {
    fileprivate init(_ skill: Skill) {
        self.init()
        (name, level) = (skill.name.text, UInt32(clamping: skill.level))
    }
}
