/// What a ROUTER took from its queue.
package enum Routed<Value> {
    /// A message of one part, already given to the closure, and what the closure made of it.
    case message(Value)
    /// A message of several parts, or from a peer that chose its own routing id; consumed and forgotten.
    ///
    /// The peer is nil when its routing id is not one libzmq made. There is nothing to answer: no client of
    /// ours does this. Count it, and go on.
    case malformed(Peer?)
}

extension Routed: Equatable where Value: Equatable {}

extension Routed: Sendable where Value: Sendable {}
