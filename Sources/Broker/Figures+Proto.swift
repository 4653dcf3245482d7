import Desk
import SwiftProtobuf
import Tickets
import Wire

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
            }
        }
        totals = ProtoTotals(exchange.desk.census)
        position = exchange.desk.position.rawValue
        atMs = exchange.now.milliseconds
        viewLag = exchange.desk.position.rawValue &- min(exchange.desk.position, viewPosition).rawValue
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
        held = exchange.held(by: node).map { claim in
            .with { ($0.ticket, $0.token) = (claim.ticket.rawValue, claim.token.rawValue) }
        }
    }
}
