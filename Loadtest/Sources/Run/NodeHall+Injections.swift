import Client
import Scenarios

extension NodeHall {
    /// Carries out what is done to nodes.
    mutating func inject(_ injection: Injection, now: Int64) throws {
        switch injection {
        case .scale(let fleet, let count):
            let present = nodes.count { $0.fleet == fleet && ($0.isPresent || $0.condition == .joining) }
            if count > present { join(count - present, of: fleet, now: now) }
            if count < present { drain(present - count, of: fleet) }
        case .join(let fleet, let count): join(count, of: fleet, now: now)
        case .drain(let fleet, let count): drain(count, of: fleet)
        case .kill(let fleet, let count):
            for node in chosen(count, of: fleet) {
                nodes[node].report.fate += "†"
                try remove(node)
            }
        case .freeze(let fleet, let count, let seconds):
            for node in chosen(count, of: fleet) {
                nodes[node].report.fate += "*"
                nodes[node].condition = .frozen
                schedule(NodeTimer(at: now + Int64(seconds * 1_000_000), node: node, kind: .thaw))
            }
        case .reconnect(let fleet):
            for node in nodes.indices where fleet == nil || nodes[node].fleet == fleet {
                if nodes[node].condition == .working { try reconnect(node, now: now) }
            }
        case .killBroker, .restartBroker: preconditionFailure("the keeper does this")
        }
    }

    private mutating func drain(_ count: Int, of fleet: Int) {
        for node in chosen(count, of: fleet) { drain(node) }
    }

    /// Lets everybody finish what they hold and leave: the end of a run.
    mutating func drainAll() {
        for node in nodes.indices where nodes[node].condition == .working { drain(node) }
    }

    private mutating func drain(_ node: Int) {
        nodes[node].condition = .draining
        nodes[node].session.setSeats(0)
        touch(node)
    }

    /// Working nodes of a fleet by chance.
    private mutating func chosen(_ count: Int, of fleet: Int) -> [Int] {
        let candidates = nodes.indices.filter { nodes[$0].fleet == fleet && nodes[$0].condition == .working }
        return Array(candidates.shuffled(using: &random).prefix(count))
    }
}
