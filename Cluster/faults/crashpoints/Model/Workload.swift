import Desk

/// What a broker does with its store, from its first start on; the same for each seed.
package struct Workload: Sendable {
    enum Step: Sendable {
        /// Appends the turns at these indices, in one commit.
        case append(Range<Int>)
        /// Folds what is in the log into the view, at most so many turns at a time.
        case fold(Int)
        case snapshot
        /// Ends everything properly and opens it again.
        case restart
        /// Ends the process without a word and opens everything again; the machine goes on.
        case kill
        case resetView
    }

    package let seed: UInt64
    let steps: [Step]
    let turns: [[Record]]

    /// `isShort` keeps it to a few dozen operations' worth of turns.
    package init(seed: UInt64, requests: Requests, isShort: Bool = false) {
        self.seed = seed
        var chance = Chance([seed, 2])
        let texts = DeskDay.Texts.allCases[Int(seed % 3)]
        let range =
            switch texts {
            case .real: isShort ? 6...12 : 20...60
            case .pages: isShort ? 5...8 : 15...40
            // Long enough for a checkpoint or two.
            case .long: isShort ? 4...6 : 50...90
            }
        let day = DeskDay(
            seed: seed, turns: .random(in: range, using: &chance), texts: texts, requests: requests)
        turns = day.turns
        let perCommit = Int.random(in: 1...4, using: &chance)
        // Rarely where the write-ahead log is to grow: both ends copy it into the file.
        let restarts = texts == .long ? 1 : 6
        var steps: [Step] = []
        var next = 0
        while next < turns.count {
            let end = min(turns.count, next + Int.random(in: 1...perCommit, using: &chance))
            steps.append(.append(next..<end))
            next = end
            if chance.percent(35) { steps.append(.fold(Int.random(in: 1...64, using: &chance))) }
            if chance.percent(10) { steps.append(.snapshot) }
            if chance.percent(restarts) { steps.append(.restart) }
            if chance.percent(restarts) { steps.append(.kill) }
            if chance.percent(2) { steps.append(.resetView) }
        }
        steps.append(.fold(64))
        if chance.percent(50) { steps += [.snapshot, .restart] }
        self.steps = steps
    }
}
