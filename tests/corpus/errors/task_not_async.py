# expect: K050 line 9

from model import Bool, Spec, task


class Sync(Spec):
    a = Bool()

    @task
    def run(self):
        self.a = True
