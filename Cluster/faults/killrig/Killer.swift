import Foundation
import Randomness
import Rig

/// Chooses whom to kill and when, from a seed.
struct Killer {
    private var random: SplitMix64
    private let kills: Int
    private let freezes: Int
    private(set) var killed: [String: Int] = [:]
    private(set) var frozen = 0

    init(seed: UInt64, kills: Int, freezes: Int) {
        random = SplitMix64(seed: seed)
        self.kills = kills
        self.freezes = freezes
    }

    mutating func play(_ cast: inout Cast) throws {
        // After how many kills a node is frozen.
        let interval = max(1, kills / max(1, freezes))
        for number in 1...max(1, kills) where kills > 0 {
            pause(milliseconds: Int.random(in: 20...400, using: &random))
            let index = victim(in: cast)
            cast.kill(index)
            killed[label(cast.members[index].role), default: 0] += 1
            pause(milliseconds: Int.random(in: 0...150, using: &random))
            try cast.start(index)
            if number.isMultiple(of: 20) { say("killed \(number) of \(kills)") }
            if number.isMultiple(of: interval), frozen < freezes { freeze(in: cast) }
        }
        while frozen < freezes { freeze(in: cast) }
    }

    /// Stops a node for longer than its lease, then lets it go on.
    private mutating func freeze(in cast: Cast) {
        let nodes = cast.members.indices.filter { $0 > 1 }
        let index = nodes[Int.random(in: 0..<nodes.count, using: &random)]
        cast.signal(index, SIGSTOP)
        pause(milliseconds: 3_000)
        cast.signal(index, SIGCONT)
        frozen += 1
    }

    private mutating func victim(in cast: Cast) -> Int {
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<4: 0
        case 4: 1
        default: Int.random(in: 2..<cast.members.count, using: &random)
        }
    }

    private func label(_ role: Cast.Role) -> String {
        switch role {
        case .broker: "broker"
        case .coordinator: "coordinator"
        case .node: "node"
        }
    }

    private func pause(milliseconds: Int) {
        // The moments between kills are the test.
        Thread.sleep(forTimeInterval: Double(milliseconds) / 1_000)
    }
}
