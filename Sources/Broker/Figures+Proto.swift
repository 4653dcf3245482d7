import Desk
import SwiftProtobuf
import Tickets
import Wire

import struct Foundation.Data

extension ProtoStatsResult {
    /// The desk's figures now; the tallies come from the view.
    init(_ exchange: inout Exchange, _ viewPosition: Position) {
        self.init()
        lines = exchange.lineFigures().map { line in
            .with {
                $0.name = line.name.text
                $0.waiting = line.waiting
                $0.oldestMs = UInt64(clamping: line.oldestMilliseconds)
                $0.claimed = line.claimed
                $0.freeSeats = UInt64(clamping: line.freeSeats)
                $0.nodes = UInt32(clamping: line.nodes)
                if let wait = line.expectedWaitMilliseconds { $0.expectedWaitMs = UInt64(clamping: wait) }
                if let share = line.inTimePerMille { $0.inTimePerMille = UInt32(clamping: share) }
                $0.waits = line.waits.map { ProtoLineStats.PriorityWait($0) }
            }
        }
        totals = ProtoTotals(exchange.desk.census)
        position = exchange.desk.position.rawValue
        atMs = exchange.now.milliseconds
        viewLag = exchange.desk.position.rawValue &- min(exchange.desk.position, viewPosition).rawValue
    }
}

extension ProtoLineStats.PriorityWait {
    fileprivate init(_ wait: PriorityWait) {
        self.init()
        priority = wait.priority.proto
        oldestMs = UInt64(clamping: wait.oldestMilliseconds)
        if let bound = wait.boundMilliseconds { boundMs = UInt64(clamping: bound) }
    }
}

extension ProtoConfigurationResult {
    /// The settings in force, and where the versions that are asked for stand in the log.
    init(_ question: ProtoConfigurationQuery, _ desk: Desk) {
        self.init()
        version = desk.version
        settings = Data(SettingsCoding.encode(desk.settings))
        let first = question.limit == 0 ? max(desk.version, 1) - 1 : min(question.after, desk.version)
        let last = min(desk.version, first + UInt64(max(1, min(question.limit, Self.versionsMax))))
        versions = (first..<last).map { index in
            .with { ($0.version, $0.position) = (index + 1, desk.configurations[Int(index)].rawValue) }
        }
        more = last < desk.version
    }

    private static let versionsMax: UInt32 = 100
}

extension ProtoConfigurationVersion {
    init(_ configuration: Configuration, _ record: Record) {
        self.init()
        version = configuration.version
        position = record.position.rawValue
        atMs = record.at.milliseconds
        (role, key) = (record.author.role.word, record.author.key.text)
        agent = record.author.agent?.text ?? ""
        (reason, source) = (configuration.reason, configuration.source)
        settings = Data(SettingsCoding.encode(configuration.settings))
    }
}

extension ProtoTotals {
    init(_ census: Census) {
        self.init()
        submitted = census.submitted
        claims = census.claims
        resolutions = census.resolutions
        escalated = census.escalated
        handedBack = census.handedBack
        replies = census.replies
        expired = census.expired
        parkings = census.parkings
        waiting = census.waiting
        claimed = census.claimed
        parked = census.parked
        pending = census.pending
        onHold = census.onHold
        solved = census.solved
        closed = census.closed
        spam = census.spam
    }
}

extension ProtoNodeInfo {
    init(_ node: Presence, _ exchange: Exchange) {
        self.init()
        name = node.name.text
        incarnation = node.incarnation
        line = node.line.text
        shift = node.shift
        seats = UInt32(clamping: node.seats)
        freeSeats = UInt32(clamping: exchange.freeSeats(of: node))
        sinceMs = node.since.milliseconds
        away = node.isAway
        held = exchange.held(by: node).map { claim in
            .with { ($0.ticket, $0.token) = (claim.ticket.rawValue, claim.token.rawValue) }
        }
    }
}
