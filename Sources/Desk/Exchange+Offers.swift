import Tickets

/// Offers: a grant that whoever got it must accept, on lines where people are behind the nodes.
///
/// An offer is a claim like any other, so nobody else has the ticket meanwhile, but no heartbeat prolongs it: only what
/// is done under its token does, and any such command accepts it. Who lets one lapse is not there, whatever their node
/// says, and is given nothing more until it sends its seats again. When the node connects anew, to another broker perhaps,
/// it says itself that nobody is there.
extension Exchange {
    /// Makes the claim that was just granted an offer, if its line wants that.
    mutating func offer(_ number: TicketNumber, on line: LineSettings, into turn: inout Turn) {
        guard let offers = line.offers, let token = desk.claims[number]?.token else { return }
        let milliseconds = offers.milliseconds(desk.channels[number])
        let lacking = desk.lacking(of: number)
        commit(
            .amended(number, token, .offered(milliseconds: milliseconds), lacking: lacking), author: .desk,
            stamp: nil, into: &turn)
    }

    /// Ends offers of a node that nobody accepted in time.
    mutating func miss(_ numbers: [TicketNumber], by node: Name, into turn: inout Turn) {
        for number in numbers {
            guard let claim = desk.claims[number] else { continue }
            setAway(claim.holder)
            release([number], .missed, "\(node) did not accept it in time", into: &turn)
            disown(number, claim.taker, as: .missed, into: &turn)
        }
    }

    private mutating func setAway(_ holder: Holder) {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.missedStaysThere) { return }
        #endif
        guard let id = floor.nodes[holder.node], floor.sessions[id]?.holder == holder else { return }
        leaveQueue(id)
        floor.sessions[id]?.node?.isAway = true
    }
}

extension Claim {
    /// Who became the ticket's owner by it and has not answered yet; nil when nobody.
    var taker: Holder? { makesOwner && lastReply == 0 ? holder : nil }

    /// Keeps an offer in step with what is set under its token; whatever its holder does accepts it.
    mutating func follow(_ amendment: Amendment) {
        if case .offered(let milliseconds) = amendment {
            offerMilliseconds = milliseconds
        } else {
            offerMilliseconds = nil
        }
    }
}
