"""What all works of a run share: clusters, contenders, names."""

import contextlib
import copy
import dataclasses

from bench_contenders import CONTENDERS, Job


class Bench:
    def __init__(self, endpoints, directory, run_id, rounds, scale, chosen, say):
        self.source, self.destination = endpoints
        self.directory = directory
        self.run_id = run_id
        self.rounds = rounds
        self.scale = scale  # of records and times
        self.chosen = chosen  # names of contenders
        self.say = say

    def with_far(self, side, endpoint):
        """The same with another cluster at one side."""
        changed = copy.copy(self)
        setattr(changed, side, endpoint)
        return changed

    def contenders(self, work):
        return [CONTENDERS[name] for name in work.contenders if name in self.chosen]

    @contextlib.contextmanager
    def topic(self, work, partitions):
        """A new topic at the source, by its name."""
        topic = f"kmirror-bench-{self.run_id}-{work.name}"
        self.source.create_topic(topic, partitions)
        try:
            yield topic
        finally:
            self.source.delete_topics(topic)

    def job(self, work, topic, partitions, **more):
        return Job(
            source=self.source,
            destination=self.destination,
            topic=topic,
            partitions=partitions,
            name=f"kmb{self.run_id}{work.name}",
            directory=self.directory,
            settings=dict(work.settings),
            **more,
        )

    def renamed(self, job, contender, suffix):
        """The same once more, for a group that is new."""
        return dataclasses.replace(job, name=f"{job.name}{contender.short}{suffix}")
