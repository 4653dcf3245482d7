/// What the TCP proxy does to the bytes between two sides; its text is what its control socket understands.
package enum ProxyFault: Hashable, Sendable {
    /// Everything passes at once.
    case none
    /// Every piece comes later, by a time that differs.
    case delay(milliseconds: Int, jitterMilliseconds: Int)
    case throttle(bytesPerSecond: Int)
    /// Each connection ends in order after so many bytes more.
    case cut(afterBytes: Int)
    /// Each connection is reset now.
    case reset
    /// The way is closed in one direction, and open in the other.
    case halfClose(ProxyWay)
    /// Nothing passes in one direction, and nobody is told.
    case stall(ProxyWay)
    /// One bit of each connection is flipped after so many bytes more.
    case flip(afterBytes: Int)

    package var text: String {
        switch self {
        case .none: "none"
        case .delay(let milliseconds, let jitter): "delay \(milliseconds) \(jitter)"
        case .throttle(let rate): "throttle \(rate)"
        case .cut(let bytes): "cut \(bytes)"
        case .reset: "reset"
        case .halfClose(let way): "half-close \(way.rawValue)"
        case .stall(let way): "stall \(way.rawValue)"
        case .flip(let bytes): "flip \(bytes)"
        }
    }

    /// Nil for anything that ``text`` does not write.
    package init?(_ text: String) {
        let words = text.split(separator: " ").map(String.init)
        let numbers = words.dropFirst().compactMap { Int($0) }.filter { $0 >= 0 }
        let way = words.last.flatMap { ProxyWay(rawValue: $0) }
        switch (words.first, words.count, numbers.count, way) {
        case ("none", 1, _, _): self = .none
        case ("reset", 1, _, _): self = .reset
        case ("delay", 3, 2, _): self = .delay(milliseconds: numbers[0], jitterMilliseconds: numbers[1])
        case ("throttle", 2, 1, _) where numbers[0] > 0: self = .throttle(bytesPerSecond: numbers[0])
        case ("cut", 2, 1, _): self = .cut(afterBytes: numbers[0])
        case ("flip", 2, 1, _): self = .flip(afterBytes: numbers[0])
        case ("half-close", 2, _, let way?): self = .halfClose(way)
        case ("stall", 2, _, let way?): self = .stall(way)
        default: return nil
        }
    }
}

/// A direction through the proxy.
package enum ProxyWay: String, CaseIterable, Hashable, Sendable {
    /// From who connected to the broker.
    case up
    /// From the broker.
    case down
}
